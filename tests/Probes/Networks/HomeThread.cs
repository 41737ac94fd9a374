using System.Collections.Concurrent;

namespace KvOrleans.Probes.Networks;

/// <summary>
/// A thread that starts a node's processes and makes its sockets. It is the node's home in two senses: a network namespace belongs to a thread, and what the thread
/// starts may be told to end with it, so it lives as long as its node.
/// </summary>
internal sealed class HomeThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    public HomeThread(string name)
    {
        _thread = new(Work) { IsBackground = true, Name = $"home of {name}" };
        _thread.Start();
    }

    public T Run<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception error)
            {
                done.SetException(error);
            }
        });
        return done.Task.GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private void Work()
    {
        foreach (var work in _work.GetConsumingEnumerable())
            work();
    }
}
