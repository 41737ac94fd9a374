namespace KvOrleans.Grains.Heat;

/// <summary>How many bytes of extra copies a silo may have made: some at once, then a part of what it reads. Not thread-safe.</summary>
internal sealed class CopyAllowance
{
    private double _balance = HeatRules.Burst;

    /// <summary>Whether a copy may be made; one may overdraw it.</summary>
    public bool MayMake => _balance > 0;

    /// <summary>So many bytes were read here.</summary>
    public void Read(double bytes) => _balance = Math.Min(HeatRules.Burst, _balance + (Math.Max(0, bytes) * HeatRules.CopiedShare));

    /// <summary>A copy is made.</summary>
    public void Make(long bytes) => _balance -= bytes;

    /// <summary>It was not made after all.</summary>
    public void GiveBack(long bytes) => _balance += bytes;
}
