using System.Collections.Immutable;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Placement;
using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Registers;
using KvOrleans.Grains.Replication;

namespace KvOrleans.Silo.DataPlane.Routing;

/// <summary>Says of a key whether this silo may answer for it, and who else may. Thread-safe.</summary>
internal sealed class KeyRouter(IClusterMapSource map, KeyKinds kinds, IRegisterGuard guard, IWriteOnceGate gate, IHandoffs handoffs, TimeProvider time)
{
    private static readonly TimeSpan LongestRefresh = TimeSpan.FromMilliseconds(500);

    private OwnerFinder? _owners;

    /// <summary>Whether this silo may serve write-once blocks that it holds.</summary>
    public bool ServesWriteOnce => gate.MayServe;

    /// <summary>Whether this life may act on all the registers that it owns, while the fence holds.</summary>
    public bool ServesRegisters => guard.IsSettled;

    /// <summary>To be taken before the store is asked, for <see cref="AnswersHere"/> and <see cref="MayAct"/> behind it.</summary>
    public long Term => guard.Term;

    /// <summary>Whether this silo is the only one of its map.</summary>
    public bool IsAlone => map.Current is { Silos: [var only] } && only.Life == map.Life;

    /// <summary>Whether this silo may say beforehand, of a map, which write-once blocks cannot be here.</summary>
    public bool MayRuleOut(ClusterMap current) => gate.MayRuleOut && current.IndexOf(map.Life) >= 0;

    /// <summary>Whether <paramref name="seen"/> is the map still and vouched for: what this silo owns in it, and did not have a moment ago, is absent.</summary>
    /// <remarks>In this order: a fence that holds vouches for the map that is there behind it.</remarks>
    public bool StillRulesOut(ClusterMap seen) => gate.MayRuleOut && ReferenceEquals(handoffs.Current.Map, seen);

    /// <summary>What this silo owns in a map.</summary>
    public OwnedKeys OwnedIn(ClusterMap current)
    {
        var owners = Volatile.Read(ref _owners);
        if (!ReferenceEquals(owners?.Map, current))
            Volatile.Write(ref _owners, owners = new(current));
        return new(owners, map.Life);
    }

    /// <summary>The current map, and who may still hold what this silo owns in it.</summary>
    public HandoffState Handoffs => handoffs.Current;

    /// <summary>Who may still hold what this silo owns.</summary>
    public ImmutableArray<SiloDescriptor> PendingHandoffs => handoffs.Pending;

    /// <summary>
    /// Whether what the store says of <paramref name="key"/> is the answer. The store was asked before: so it was the answer at a moment of the request.
    /// </summary>
    /// <param name="key">Any bytes.</param>
    /// <param name="found">Whether the store has it.</param>
    /// <param name="term">The <see cref="Term"/> before the store was asked.</param>
    /// <remarks>The patterns of write-once keys are asked only where it matters.</remarks>
    public bool AnswersHere(ReadOnlySpan<byte> key, bool found, long term)
    {
        if (!BlockKey.IsValidLength(key.Length))
            return true;
        var isAlone = IsAlone;
        if (!found && !isAlone)
            return false;
        var mayAnswer = gate.MayServe && (found || handoffs.Pending.IsEmpty);
        if (key.StartsWith("kv:"u8))
            return mayAnswer;
        var mayAct = isAlone && guard.MayAct(key, term);
        return mayAct == mayAnswer ? mayAct : kinds.Of(key) == BlockKind.WriteOnce ? mayAnswer : mayAct;
    }

    /// <summary>Whether another silo may have what this one holds of <paramref name="key"/>: registers never travel.</summary>
    public bool MayPull(ReadOnlySpan<byte> key) => gate.MayServe && kinds.Of(key) == BlockKind.WriteOnce;

    /// <summary>Whether this life may act on a register now, and could all the time since <paramref name="term"/>. Ask after its entry was taken.</summary>
    public bool MayAct(BlockKey key, long term) => guard.MayAct(key.Span, term);

    /// <summary>Whether what this silo holds of <paramref name="key"/> may be served: a write-once block wherever it is, a register by its owner. Ask after it was looked for.</summary>
    public bool MayServe(ReadOnlySpan<byte> key, long term) => kinds.Of(key) == BlockKind.WriteOnce ? gate.MayServe : guard.MayAct(key, term);

    /// <summary>Whether a key that this silo owns and does not have is absent: of a register only who may act on it can say. Ask after it was looked for.</summary>
    public bool KnowsAbsent(ReadOnlySpan<byte> key, long term) => !BlockKey.IsValidLength(key.Length) || MayServe(key, term);

    /// <summary>Which of the two promises a key has.</summary>
    public BlockKind KindOf(BlockKey key) => kinds.Of(key.Span);

    /// <summary>Where a key belongs by the current map.</summary>
    public KeyRoute Route(BlockKey key)
    {
        var current = map.Current;
        var owner = current.OwnerOf(key);
        return new(current, owner, owner?.Life == map.Life);
    }

    /// <summary>The silos that may hold a write-once block beside its owner and this one, in the holder order.</summary>
    public SiloDescriptor[] Others(BlockKey key, KeyRoute route)
    {
        var order = new int[route.Map.Silos.Length];
        Rendezvous.HolderOrder(KeyId.Of(key.Span), route.Map, order);
        return [.. order.Select(index => route.Map.Silos[index]).Where(silo => silo != route.Owner && silo.Life != map.Life)];
    }

    /// <summary>A silo said that it does not own what <paramref name="old"/> gives it. Waits a moment for another map.</summary>
    /// <returns>False when there is none yet.</returns>
    public ValueTask<bool> HasChangedAsync(ClusterMap old) => HasChangedAsync(old, LongestRefresh);

    /// <inheritdoc cref="HasChangedAsync(ClusterMap)"/>
    public async ValueTask<bool> HasChangedAsync(ClusterMap old, TimeSpan wait)
    {
        map.RefreshSoon();
        using var patience = new CancellationTokenSource(wait, time);
        try
        {
            await map.WaitForChangeAsync(old.Position, patience.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
