using KvOrleans.Grains.Membership;

namespace KvOrleans.Silo.Tests.Hosting;

/// <summary>A gate that says what it was told.</summary>
internal sealed class ScriptedGate : IWriteOnceGate
{
    private bool _mayServe = true;

    /// <summary>With it, it closes behind the next who asks.</summary>
    public bool ServesOnce { get; set; }

    public bool MayServe
    {
        get
        {
            var may = _mayServe;
            _mayServe &= !ServesOnce;
            return may;
        }
        set => _mayServe = value;
    }

    public bool MayRuleOut { get; set; } = true;
}
