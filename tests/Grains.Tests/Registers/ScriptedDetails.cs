using Orleans.Runtime;

namespace KvOrleans.Grains.Tests.Registers;

/// <summary>A silo as Orleans would describe it.</summary>
internal sealed class ScriptedDetails(SiloAddress address) : ILocalSiloDetails
{
    public string Name => "scripted";

    public string ClusterId => "scripted";

    public string DnsHostName => "localhost";

    public SiloAddress SiloAddress => address;

    public SiloAddress GatewayAddress => address;
}
