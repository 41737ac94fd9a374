namespace KvOrleans.Cli.Workloads;

/// <summary>The proportions of <see cref="ConversationWorkload"/>; the defaults follow a production chat service.</summary>
internal sealed record ConversationShape
{
    /// <summary>Tokens of a full block.</summary>
    public int BlockTokens { get; init; } = 512;

    /// <summary>Chats that are under way at a time.</summary>
    public int OpenChats { get; init; } = 96;

    /// <summary>The chance that a chat ends after a turn: two turns and a half on average.</summary>
    public double EndsAfterTurn { get; init; } = 0.4;

    /// <summary>Mean tokens of what a chat opens with: pasted documents and long questions.</summary>
    public double OpeningTokens { get; init; } = 8_000;

    /// <summary>Mean tokens that each further turn adds: the last answer and the next question.</summary>
    public double TurnTokens { get; init; } = 3_000;

    /// <summary>How many of the chats begin with which system prompt: parts of their sum. Each is one block long.</summary>
    public IReadOnlyList<double> SystemPrompts { get; init; } = [1];

    /// <summary>How many prompts come each second, at random times; 0: all come at once.</summary>
    public double PromptsPerSecond { get; init; }

    /// <summary>A prompt never grows beyond this: the model's context.</summary>
    public int LongestPrompt { get; init; } = 128_000;
}
