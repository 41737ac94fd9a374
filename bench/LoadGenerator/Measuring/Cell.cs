using KvOrleans.LoadGenerator.Payloads;

namespace KvOrleans.LoadGenerator.Measuring;

/// <summary>One row of the table: what is done, with payloads of what size, over how many connections.</summary>
internal sealed record Cell(Operation Operation, int Size, int Connections)
{
    public override string ToString() =>
        $"{Operation.ToString().ToUpperInvariant()} {ByteSize.Format(Size)} × {Connections}";
}
