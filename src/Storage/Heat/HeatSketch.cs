namespace KvOrleans.Storage.Heat;

/// <summary>
/// The contents that most bytes were read of, in bounded memory: Space-Saving (Metwally, Agrawal, El Abbadi: Efficient Computation of Frequent and Top-k Elements in Data Streams, 2005), weighted by bytes, decayed.
/// Not thread-safe.
/// </summary>
/// <remarks>
/// A newcomer takes the place of the candidate with the fewest bytes and inherits them in its rank, since some of them may have been its own. What is told of a candidate is what it was seen with
/// since it came in: never too much. Candidates lie in a binary heap by rank; decaying all alike keeps its order.
/// </remarks>
internal sealed class HeatSketch(int capacity)
{
    // Below a byte there is nothing left to tell.
    private const double Nothing = 1;

    private readonly Candidate[] _heap = new Candidate[capacity];
    private readonly Dictionary<ulong, int> _places = new(capacity);

    /// <summary>How many candidates there are.</summary>
    public int Count { get; private set; }

    /// <summary>Counts a read.</summary>
    /// <param name="name">Of what; not 0.</param>
    /// <param name="bytes">How many.</param>
    /// <param name="reads">For how many reads it stands.</param>
    public void Add(ulong name, double bytes, double reads)
    {
        if (!_places.TryGetValue(name, out var place))
        {
            if (Count < _heap.Length)
            {
                place = Count++;
                _heap[place] = new() { Name = name };
                _places[name] = place;
                place = Up(place);
            }
            else
            {
                place = 0;
                _places.Remove(_heap[0].Name);
                _heap[0] = new() { Name = name, Rank = _heap[0].Rank };
                _places[name] = 0;
            }
        }

        ref var candidate = ref _heap[place];
        candidate.Rank += bytes;
        candidate.Sums = candidate.Sums.Add(bytes, reads);
        Down(place);
    }

    /// <summary>Multiplies all sums. What is as good as nothing goes.</summary>
    public void Decay(double fast, double slow)
    {
        for (var place = 0; place < Count; place++)
        {
            _heap[place].Rank *= slow;
            _heap[place].Sums = _heap[place].Sums.Decay(fast, slow);
        }

        while (Count > 0 && _heap[0].Rank < Nothing)
            RemoveFirst();
    }

    /// <summary>What was seen of a content since it came in; nothing when it is no candidate.</summary>
    public HeatSums Of(ulong name) => _places.TryGetValue(name, out var place) ? _heap[place].Sums : default;

    /// <summary>The candidate at a place, 0 to below <see cref="Count"/>; in no order.</summary>
    public (ulong Name, HeatSums Sums) At(int place) => (_heap[place].Name, _heap[place].Sums);

    private void RemoveFirst()
    {
        _places.Remove(_heap[0].Name);
        if (--Count == 0)
            return;
        Put(0, _heap[Count]);
        Down(0);
    }

    private int Up(int place)
    {
        var moving = _heap[place];
        while (place > 0 && (place - 1) / 2 is var above && _heap[above].Rank > moving.Rank)
        {
            Put(place, _heap[above]);
            place = above;
        }

        Put(place, moving);
        return place;
    }

    private void Down(int place)
    {
        var moving = _heap[place];
        for (var below = (2 * place) + 1; below < Count; below = (2 * place) + 1)
        {
            if (below + 1 < Count && _heap[below + 1].Rank < _heap[below].Rank)
                below++;
            if (_heap[below].Rank >= moving.Rank)
                break;
            Put(place, _heap[below]);
            place = below;
        }

        Put(place, moving);
    }

    private void Put(int place, in Candidate candidate)
    {
        _heap[place] = candidate;
        _places[candidate.Name] = place;
    }

    private struct Candidate
    {
        public ulong Name;
        public double Rank;
        public HeatSums Sums;
    }
}
