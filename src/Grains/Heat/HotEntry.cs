using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Heat;

namespace KvOrleans.Grains.Heat;

/// <summary>What an owner knows of one block that is read much: the reports, who has extra copies, how many there should be. Not thread-safe.</summary>
internal sealed class HotEntry(BlockKey key, BlockVersion version, TimeSpan now)
{
    private readonly Dictionary<SiloLife, HeatSample> _samples = [];
    private readonly Dictionary<SiloLife, TimeSpan> _extras = [];
    private readonly Dictionary<SiloLife, TimeSpan> _passedOver = [];
    private readonly Dictionary<SiloLife, TimeSpan> _badSources = [];
    private readonly Dictionary<SiloLife, SiloLife> _underWay = [];
    private readonly TimeSpan _begun = now;

    /// <summary>The block.</summary>
    public BlockKey Key { get; } = key;

    /// <summary>The content that the owner holds.</summary>
    public BlockVersion Version { get; } = version;

    /// <summary>Its bytes.</summary>
    public int Length { get; set; }

    /// <summary>How many copies there should be.</summary>
    public CopyTarget Target { get; } = new();

    /// <summary>What is read of it, as of the last <see cref="Decide"/>.</summary>
    public HeatDemand Demand { get; private set; }

    /// <summary>Whether extra copies were found that another owner had made, and this one does not judge yet.</summary>
    public bool IsInherited { get; private set; }

    /// <summary>Who has an extra copy.</summary>
    public IReadOnlyCollection<SiloLife> Extras => _extras.Keys;

    /// <summary>How many copies are being made.</summary>
    public int UnderWay => _underWay.Count;

    /// <summary>Takes in a report.</summary>
    public void Report(SiloLife source, in HeatSample sample)
    {
        _samples[source] = sample;
        if (!sample.Reading.IsExtra)
            _extras.Remove(source);
        else if (!_extras.TryAdd(source, sample.At))
            _extras[source] = sample.At;
        else if (sample.At - _begun < HeatRules.ReportLife && _underWay.Count == 0 && Target.Copies == 1)
            IsInherited = true;
    }

    /// <summary>Drops what is old and what silos said that are not there any more, and decides how many copies there should be.</summary>
    /// <param name="copies">How many there are, the owner's among them.</param>
    /// <param name="most">How many there may be.</param>
    /// <param name="isLive">Whether a life is in the map.</param>
    /// <param name="now">The time.</param>
    /// <returns>Who has said nothing of its extra copy lately: it does not count any more.</returns>
    public List<SiloLife> Decide(int copies, int most, Predicate<SiloLife> isLive, TimeSpan now)
    {
        foreach (var life in _samples.Where(sample => now - sample.Value.At > HeatRules.ReportLife || !isLive(sample.Key)).Select(sample => sample.Key).ToList())
            _samples.Remove(life);
        foreach (var resting in (IEnumerable<Dictionary<SiloLife, TimeSpan>>)[_passedOver, _badSources])
        {
            foreach (var life in resting.Where(rest => rest.Value <= now).Select(rest => rest.Key).ToList())
                resting.Remove(life);
        }

        var silent = _extras.Where(extra => now - extra.Value > HeatRules.ReportLife || !isLive(extra.Key)).Select(extra => extra.Key).ToList();
        silent.ForEach(life => _extras.Remove(life));
        IsInherited &= now - _begun < HeatRules.Grace;
        Demand = HeatDemand.Of(_samples.Values, Length);
        var there = Math.Max(1, copies - silent.Count);
        var wanted = Demand.Wanted(most);
        var isPressing = Demand.IsPressing(there);
        // What another owner has made is taken over as far as it is wanted: so it presses nobody.
        Target.Follow(IsInherited && !isPressing ? Math.Min(wanted, there) : wanted, isPressing || IsInherited, now);
        return silent;
    }

    /// <summary>What becomes of the copy of a silo that has just reported an extra one.</summary>
    /// <param name="source">The silo.</param>
    /// <param name="ordinary">How many others hold the block otherwise, the owner among them.</param>
    /// <param name="earned">How many should hold it otherwise.</param>
    /// <param name="order">All silos, in the block's holder order.</param>
    public HeatVerdict Judge(SiloLife source, int ordinary, int earned, IReadOnlyList<SiloLife> order)
    {
        var rank = ordinary + order.TakeWhile(life => life != source).Count(_extras.ContainsKey);
        if (rank >= Math.Max(Target.Copies, earned))
            return IsInherited ? HeatVerdict.Keep : LetGo(source);
        if (rank >= earned)
            return HeatVerdict.Keep;
        _extras.Remove(source);
        return HeatVerdict.Settle;
    }

    /// <summary>Whether a silo may be asked for a copy now.</summary>
    public bool MayAsk(SiloLife life) => !_passedOver.ContainsKey(life) && !_underWay.ContainsKey(life);

    /// <summary>From which of the holders a further copy is best pulled; null when all of them give as many as they may.</summary>
    /// <param name="owner">The block's owner.</param>
    /// <param name="holders">All holders, the one that should give first, first; the owner last: it gives when nobody else does.</param>
    public SiloLife? Source(SiloLife owner, IEnumerable<SiloLife> holders)
    {
        var (best, least) = ((SiloLife?)null, HeatRules.PullsFromHolder);
        foreach (var holder in holders.Where(holder => !_badSources.ContainsKey(holder)))
        {
            var pulls = _underWay.Values.Count(from => from == holder);
            if (holder == owner ? best is null && pulls < HeatRules.PullsFromOwner : pulls < least)
                (best, least) = (holder, pulls);
        }

        return best;
    }

    /// <summary>A silo is asked for a copy.</summary>
    public void Asked(SiloLife life, SiloLife from) => _underWay[life] = from;

    /// <summary>From whom a silo that was asked pulls.</summary>
    public SiloLife? SourceOf(SiloLife life) => _underWay.TryGetValue(life, out var from) ? from : null;

    /// <summary>It has answered, or did not.</summary>
    /// <param name="life">The silo.</param>
    /// <param name="answer">What it said.</param>
    /// <param name="isOwners">Whether it was to pull from the owner: else it may be the other's fault that it did not.</param>
    /// <param name="now">The time.</param>
    public void Answered(SiloLife life, HotAnswer answer, bool isOwners, TimeSpan now)
    {
        if (_underWay.Remove(life, out var from) && answer == HotAnswer.Refused && !isOwners)
            _badSources[from] = now + HeatRules.Rest;
        else if (answer == HotAnswer.Refused)
            PassOver(life, now);
        if (answer == HotAnswer.Extra)
            _extras[life] = now;
    }

    /// <summary>A silo is not asked for a while.</summary>
    public void PassOver(SiloLife life, TimeSpan now) => _passedOver[life] = now + HeatRules.Rest;

    /// <summary>Whether nothing is left to know of it.</summary>
    public bool IsOver(TimeSpan now) =>
        _samples.Count == 0 && _extras.Count == 0 && _underWay.Count == 0 && Target.Copies == 1 && now - Target.FadedAt >= HeatRules.Relapse;

    private HeatVerdict LetGo(SiloLife source)
    {
        _extras.Remove(source);
        return HeatVerdict.LetGo;
    }
}
