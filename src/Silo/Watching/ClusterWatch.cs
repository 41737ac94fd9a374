using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Watching;
using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Peers;
using KvOrleans.Grains.Watching;
using KvOrleans.Silo.Configuration;

namespace KvOrleans.Silo.Watching;

/// <summary>
/// Draws the cluster once a second as long as somebody watches it: it asks every silo what it tells of itself, one question to each at a time. While nobody watches nothing is asked and nothing is drawn.
/// </summary>
internal sealed partial class ClusterWatch(
    ISiloView self, IClusterMapSource map, ISiloPeers peers, KvOrleansOptions options, TimeProvider time, ILogger<ClusterWatch> logger) : BackgroundService
{
    /// <summary>The most who watch at a time.</summary>
    public const int MostWatchers = 16;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestQuestion = TimeSpan.FromSeconds(1);

    // A silo that is slower is in the next picture.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(400);

    private readonly Lock _lock = new();
    private readonly ClusterPicture _picture = new(time);
    private readonly SemaphoreSlim _wanted = new(0, 1);
    private TaskCompletionSource<Frame> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Frame? _frame;
    private bool _isWholeWanted;
    private long _number;
    private int _watchers;

    /// <summary>How many watch.</summary>
    public int Watchers
    {
        get
        {
            lock (_lock)
                return _watchers;
        }
    }

    /// <summary>Begins to watch. Every success needs one <see cref="Leave"/>.</summary>
    /// <returns>False when as many as may do.</returns>
    public bool TryJoin()
    {
        lock (_lock)
        {
            if (_watchers == MostWatchers)
                return false;
            if (_watchers++ == 0)
            {
                // What was drawn before may be old.
                _frame = null;
                if (_wanted.CurrentCount == 0)
                    _wanted.Release();
            }

            return true;
        }
    }

    /// <summary>Ends to watch.</summary>
    public void Leave()
    {
        lock (_lock)
            _watchers--;
    }

    /// <summary>The first frame behind a number: the very next one, or one that is whole.</summary>
    /// <param name="after">The number of the last that was shown; 0: none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">There was none before.</exception>
    public Task<Frame> NextAsync(long after, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var isNext = after > 0 && _number <= after + 1;
            if (_frame is { } frame && frame.Number > after && (isNext || frame.Whole is not null))
                return Task.FromResult(frame);
            _isWholeWanted |= !isNext;
            return _next.Task.WaitAsync(cancellationToken);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await _wanted.WaitAsync(stoppingToken).ConfigureAwait(false);
            using var timer = new PeriodicTimer(Interval, time);
            while (Watchers > 0)
            {
                try
                {
                    await AskAsync().ConfigureAwait(false);
                    Draw();
                }
                catch (Exception error) when (!stoppingToken.IsCancellationRequested)
                {
                    LogFailed(error);
                }

                await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false);
            }
        }
    }

    private async Task AskAsync()
    {
        var current = map.Current;
        List<Task> questions = [];
        lock (_lock)
        {
            _picture.Follow(current);
            foreach (var silo in current.Silos)
            {
                var known = _picture.Find(silo.Name)!;
                if (known.Silo.Life == silo.Life && known.Question.IsCompleted)
                    known.Question = AskAsync(silo, known.Last?.SampleNumber ?? 0, known.EventNumber);
                questions.Add(known.Question);
            }
        }

        await Task.WhenAll(questions).WaitAsync(LongestWait, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AskAsync(SiloDescriptor silo, long samplesAfter, long eventsAfter)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            var snapshot = silo.Life == map.Life
                ? self.Take(samplesAfter, eventsAfter)
                : peers.Of(silo.Life) is { } peer ? await peer.GetSnapshotAsync(samplesAfter, eventsAfter).AsTask().WaitAsync(LongestQuestion, time).ConfigureAwait(false) : null;
            if (snapshot is not null)
                Take(silo.Name, silo.Life, snapshot);
        }
        catch (Exception)
        {
            // It is shown as not answering, and asked again.
        }
    }

    private void Take(string name, SiloLife life, SiloSnapshot snapshot)
    {
        lock (_lock)
            _picture.Take(name, life, snapshot);
    }

    private void Draw()
    {
        TaskCompletionSource<Frame> told;
        Frame frame;
        lock (_lock)
        {
            var whole = _isWholeWanted ? PictureWriter.Write(_picture, options.SiloName, isWhole: true) : null;
            _isWholeWanted = false;
            frame = _frame = new(++_number, PictureWriter.Write(_picture, options.SiloName, isWhole: false), whole);
            _picture.Settle();
            told = _next;
            _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        told.SetResult(frame);
    }

    [LoggerMessage(LogLevel.Error, "The cluster could not be drawn; it is tried again.")]
    private partial void LogFailed(Exception error);
}
