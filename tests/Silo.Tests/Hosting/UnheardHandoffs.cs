using KvOrleans.Contracts.Control;

namespace KvOrleans.Silo.Tests.Hosting;

/// <summary>Other silos' words that they have handed over are lost, and said again, until they are heard.</summary>
internal sealed class UnheardHandoffs : IIncomingGrainCallFilter
{
    /// <summary>Whether they are lost now.</summary>
    public bool AreLost { get; set; } = true;

    public Task Invoke(IIncomingGrainCallContext context) =>
        AreLost && context.MethodName == nameof(ISiloPeer.HandoffDoneAsync) ? throw new TimeoutException("It was not heard.") : context.Invoke();
}
