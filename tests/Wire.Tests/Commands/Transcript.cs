namespace KvOrleans.Wire.Tests.Commands;

/// <summary>What came out of a stream: its commands, then how it ended.</summary>
internal sealed class Transcript
{
    public const string Whole = "between commands";

    public const string Partial = "within a command";

    public List<byte[][]> Commands { get; } = [];

    /// <summary>The indexes of values that came beside the buffer, one a command, -1 for none.</summary>
    public List<int> ReceivedValues { get; } = [];

    /// <summary><see cref="Whole"/>, <see cref="Partial"/> or a protocol error's message.</summary>
    public string End { get; set; } = "";

    public int LargestBuffer { get; set; }

    public string[] Words(int command) => [.. Commands[command].Select(Latin1.Text)];

    public override string ToString() =>
        string.Join('\n', Commands.Select(static command => string.Join(' ', command.Select(Convert.ToHexString)))) + "\n" + End;
}
