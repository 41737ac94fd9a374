using System.Reflection;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Control;
using KvOrleans.Contracts.Heat;
using KvOrleans.Contracts.Watching;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Serialization;

namespace KvOrleans.Contracts.Tests.Wire;

/// <summary>Pins the bytes of everything that travels between silos and clients of different versions.</summary>
public class WireFormatTests
{
    private static readonly Serializer Orleans =
        new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();

    private static readonly Type[] Contracts = typeof(BlockKey).Assembly.GetTypes();

    public static TheoryData<string> Names => [.. WireValues.All.Keys];

    public static TheoryData<Type> WireTypes => [.. Contracts.Where(type => type.IsDefined(typeof(GenerateSerializerAttribute), false))];

    [Theory]
    [MemberData(nameof(Names))]
    public void Serialize_Value_GivesThePinnedBytes(string name) =>
        Assert.Equal(WireValues.All[name].Hex, Convert.ToHexStringLower(Orleans.SerializeToArray(WireValues.All[name].Value)));

    [Theory]
    [MemberData(nameof(Names))]
    public void Deserialize_PinnedBytes_GivesTheValue(string name)
    {
        var (value, hex) = WireValues.All[name];
        var read = Orleans.Deserialize<object>(Convert.FromHexString(hex));

        if (value is ClusterMap map)
        {
            Assert.Equal(map.Id, Assert.IsType<ClusterMap>(read).Id);
            Assert.Equal(map.Position, ((ClusterMap)read).Position);
            Assert.Equal(map.Silos.AsEnumerable(), ((ClusterMap)read).Silos);
        }
        else if (value is BlockOffer or TombstonePage or HeatReport or HotBlock or HotList or SiloSnapshot)
        {
            Assert.Equivalent(value, read, strict: true);
        }
        else
        {
            Assert.Equal(value, read);
        }
    }

    [Theory]
    [MemberData(nameof(WireTypes))]
    public void WireType_Any_HasPinnedBytesAnAliasAndIsImmutable(Type type)
    {
        Assert.Contains(WireValues.All.Values, pinned => pinned.Value.GetType() == type);
        Assert.Equal($"KvOrleans.{type.Name}", type.GetCustomAttribute<AliasAttribute>()?.Alias);
        Assert.True(type.IsDefined(typeof(ImmutableAttribute), false), "[Immutable] is missing.");
    }

    [Fact]
    public void GrainInterface_Any_AndItsMethodsHaveAliases()
    {
        var grains = Contracts.Where(type => type.IsInterface && type.IsAssignableTo(typeof(IAddressable))).ToArray();

        Assert.NotEmpty(grains);
        Assert.All(grains, grain =>
        {
            Assert.Equal($"KvOrleans.{grain.Name}", grain.GetCustomAttribute<AliasAttribute>()?.Alias);
            Assert.All(grain.GetMethods(), method => Assert.Equal(method.Name, $"{method.GetCustomAttribute<AliasAttribute>()?.Alias}Async"));
        });
    }
}
