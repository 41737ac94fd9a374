namespace KvOrleans.Client.Hashing;

/// <summary>An image, a video or a sound in a prompt: its content, and the placeholder tokens that stand for it.</summary>
/// <param name="Identifier">
/// What names the content, not empty; vLLM's <c>MultiModalFeatureSpec.identifier</c>. When a LoRA adapter changes the encoder's output
/// too, vLLM puts <c>name:</c> before the content's hash, and so must the caller.
/// </param>
/// <param name="Offset">The first placeholder's index in the prompt, in tokens; 0 or more.</param>
/// <param name="Length">How many placeholders there are, in tokens; 1 or more.</param>
public readonly record struct MultiModalItem(string Identifier, int Offset, int Length)
{
    internal long End => (long)Offset + Length;
}
