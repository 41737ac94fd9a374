namespace KvOrleans.Cli.Workloads;

/// <summary>
/// Chats of several turns over a system prompt, one block long, that all of them share, or one of several. Each turn repeats the chat so far and adds to
/// it; the partial block at the end of a prompt is another block once it has grown. Think times are left out. Endless, and a function of the seed.
/// </summary>
internal sealed class ConversationWorkload(Func<Random> random, ConversationShape shape, string name = "conversation") : IWorkload
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public long? RequestCount => null;

    /// <inheritdoc/>
    public IEnumerable<InferenceRequest> Requests => Generate(random());

    private IEnumerable<InferenceRequest> Generate(Random dice)
    {
        var chats = new Chat[shape.OpenChats];
        var nextBlock = (long)shape.SystemPrompts.Count;
        var start = TimeSpan.Zero;
        while (true)
        {
            ref var chat = ref chats[dice.Next(chats.Length)];
            if (chat is null || chat.Tokens >= shape.LongestPrompt || dice.NextDouble() < shape.EndsAfterTurn)
                chat = new Chat(SystemPromptOf(dice), shape.BlockTokens + Exponential(dice, shape.OpeningTokens));
            else
                chat.Tokens += Exponential(dice, shape.TurnTokens);

            chat.Tokens = Math.Min(chat.Tokens, shape.LongestPrompt);
            yield return Prompt(start, chat, ref nextBlock);
            start += Arrivals.Pause(dice, shape.PromptsPerSecond);
        }
    }

    private long SystemPromptOf(Random dice)
    {
        if (shape.SystemPrompts.Count == 1)
            return 0;
        var draw = dice.NextDouble() * shape.SystemPrompts.Sum();
        for (var prompt = 0; prompt < shape.SystemPrompts.Count; prompt++)
        {
            draw -= shape.SystemPrompts[prompt];
            if (draw < 0)
                return prompt;
        }

        return shape.SystemPrompts.Count - 1;
    }

    private InferenceRequest Prompt(TimeSpan start, Chat chat, ref long nextBlock)
    {
        var fullBlocks = (int)(chat.Tokens / shape.BlockTokens);
        while (chat.FullBlocks.Count < fullBlocks)
            chat.FullBlocks.Add(nextBlock++);

        var partial = chat.Tokens % shape.BlockTokens > 0;
        var chain = new long[fullBlocks + (partial ? 1 : 0)];
        chat.FullBlocks.CopyTo(chain);
        if (partial)
            chain[^1] = nextBlock++;
        return new(start, chain, chat.Tokens, shape.BlockTokens);
    }

    private static long Exponential(Random dice, double mean) => 1 + (long)(-mean * Math.Log(1 - dice.NextDouble()));

    private sealed class Chat(long systemPrompt, long tokens)
    {
        public List<long> FullBlocks { get; } = [systemPrompt];

        public long Tokens { get; set; } = tokens;
    }
}
