using KvOrleans.Grains.Membership;

namespace KvOrleans.Silo.Tests.Hosting;

/// <summary>A gate that says what it was told.</summary>
internal sealed class ScriptedGate : IWriteOnceGate
{
    public bool MayServe { get; set; } = true;

    public bool MayRuleOut { get; set; } = true;
}
