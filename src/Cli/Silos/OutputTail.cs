namespace KvOrleans.Cli.Silos;

/// <summary>The last lines that a process printed. Thread-safe.</summary>
internal sealed class OutputTail(int mostLines)
{
    private readonly Queue<string> _lines = new();

    /// <summary>Takes a line in; null, the end of the output, is passed over.</summary>
    public void Add(string? line)
    {
        if (line is null)
            return;
        lock (_lines)
        {
            if (_lines.Count == mostLines)
                _lines.Dequeue();
            _lines.Enqueue(line);
        }
    }

    /// <summary>The lines, oldest first.</summary>
    public override string ToString()
    {
        lock (_lines)
            return string.Join(Environment.NewLine, _lines);
    }
}
