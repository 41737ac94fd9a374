using KvOrleans.Client.Connections;

namespace KvOrleans.Client.News;

/// <summary>One thing that a silo tells of itself, kept up with by <see cref="SiloNews"/>. All calls come one after another.</summary>
internal interface ISiloNews
{
    /// <summary>Whether it is wanted at all.</summary>
    bool IsWanted { get; }

    /// <summary>A connection was opened; the questions from now on go over it.</summary>
    void Connected(SiloConnection connection);

    /// <summary>Asks once. True when the rest of the reply is to be asked for at once.</summary>
    /// <exception cref="NewsException">The reply is none.</exception>
    Task<bool> AskAsync(CancellationToken cancellationToken);

    /// <summary>The reply was none: what is known is dropped. <paramref name="isReported"/>: it has been said before.</summary>
    void Failed(string reason, bool isReported);

    /// <summary>Nobody needs it for the moment.</summary>
    void Paused();

    /// <summary>Forgets what is known, for good.</summary>
    void Drop();
}
