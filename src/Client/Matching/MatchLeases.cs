using KvOrleans.Client.Connections;

namespace KvOrleans.Client.Matching;

/// <summary>The leases of one match, each on the channel that it belongs to.</summary>
internal sealed class MatchLeases(List<(LeaseChannel Channel, long Id)> leases)
{
    /// <summary>Ends the leases without waiting for the answers.</summary>
    public void Release()
    {
        foreach (var (channel, id) in leases)
            channel.Release(id);
    }

    /// <summary>Ends the leases and waits until the silos have said so.</summary>
    public async ValueTask ReleaseAsync(CancellationToken cancellationToken)
    {
        var answers = new Task[leases.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            var request = new ReleaseRequest(leases[i].Id);
            try
            {
                leases[i].Channel.Send(request);
                answers[i] = request.Answered;
            }
            catch (NoConnectionException)
            {
                answers[i] = Task.CompletedTask;
            }
        }

        await Task.WhenAll(answers).WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
