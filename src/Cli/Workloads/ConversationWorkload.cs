namespace KvOrleans.Cli.Workloads;

/// <summary>
/// Chats of several turns over one system prompt that all of them share, one block long. Each turn repeats the chat so far and adds to
/// it; the partial block at the end of a prompt is another block once it has grown. Think times are left out. Endless, and a function of the seed.
/// </summary>
internal sealed class ConversationWorkload(Func<Random> random, ConversationShape shape) : IWorkload
{
    private const long SystemPrompt = 0;

    /// <inheritdoc/>
    public string Name => "conversation";

    /// <inheritdoc/>
    public long? RequestCount => null;

    /// <inheritdoc/>
    public IEnumerable<InferenceRequest> Requests => Generate(random());

    private IEnumerable<InferenceRequest> Generate(Random dice)
    {
        var chats = new Chat[shape.OpenChats];
        var nextBlock = SystemPrompt + 1;
        while (true)
        {
            ref var chat = ref chats[dice.Next(chats.Length)];
            if (chat is null || chat.Tokens >= shape.LongestPrompt || dice.NextDouble() < shape.EndsAfterTurn)
                chat = new Chat(shape.BlockTokens + Exponential(dice, shape.OpeningTokens));
            else
                chat.Tokens += Exponential(dice, shape.TurnTokens);

            chat.Tokens = Math.Min(chat.Tokens, shape.LongestPrompt);
            yield return Prompt(chat, ref nextBlock);
        }
    }

    private InferenceRequest Prompt(Chat chat, ref long nextBlock)
    {
        var fullBlocks = (int)(chat.Tokens / shape.BlockTokens);
        while (chat.FullBlocks.Count < fullBlocks)
            chat.FullBlocks.Add(nextBlock++);

        var partial = chat.Tokens % shape.BlockTokens > 0;
        var chain = new long[fullBlocks + (partial ? 1 : 0)];
        chat.FullBlocks.CopyTo(chain);
        if (partial)
            chain[^1] = nextBlock++;
        return new(TimeSpan.Zero, chain, chat.Tokens, shape.BlockTokens);
    }

    private static long Exponential(Random dice, double mean) => 1 + (long)(-mean * Math.Log(1 - dice.NextDouble()));

    private sealed class Chat(long tokens)
    {
        public List<long> FullBlocks { get; } = [SystemPrompt];

        public long Tokens { get; set; } = tokens;
    }
}
