namespace KvOrleans.Cli.Workloads;

/// <summary>What inference nodes are asked to serve.</summary>
internal interface IWorkload
{
    /// <summary>What to call it.</summary>
    string Name { get; }

    /// <summary>How many requests there are; null when it goes on for ever.</summary>
    long? RequestCount { get; }

    /// <summary>The requests in order; each enumeration begins anew.</summary>
    IEnumerable<InferenceRequest> Requests { get; }
}
