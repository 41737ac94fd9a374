namespace KvOrleans.Grains.Membership;

/// <summary>What is held is served.</summary>
internal sealed class OpenGate : IWriteOnceGate
{
    public bool MayServe => true;
}
