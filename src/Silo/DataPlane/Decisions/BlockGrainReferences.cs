using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;
using Orleans.GrainReferences;
using Orleans.Metadata;

namespace KvOrleans.Silo.DataPlane.Decisions;

/// <summary>Makes references to block grains. What depends on their type alone is resolved once: <c>GetGrain</c> does so for every key.</summary>
internal sealed class BlockGrainReferences
{
    private readonly GrainReferenceActivator _activator;
    private readonly GrainInterfaceType _interface;
    private readonly GrainType _type;

    public BlockGrainReferences(GrainReferenceActivator activator, GrainInterfaceTypeResolver interfaces, GrainInterfaceTypeToGrainTypeResolver types)
    {
        _activator = activator;
        _interface = interfaces.GetGrainInterfaceType(typeof(IPrefixBlockGrain));
        _type = types.GetGrainType(_interface);
    }

    public IPrefixBlockGrain Get(KeyId key) =>
        (IPrefixBlockGrain)_activator.CreateReference(GrainId.Create(_type, key.ToString()), _interface);
}
