using System.Collections.Concurrent;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Grains.Registers;

namespace KvOrleans.Grains.Tests.Registers;

/// <summary>Answers as it was told, then yes.</summary>
internal sealed class ScriptedGuard : IRegisterGuard
{
    public ConcurrentQueue<bool> Answers { get; } = new();

    public bool IsSettled => true;

    public long Term => 0;

    public bool MayAct(ReadOnlySpan<byte> key) => !Answers.TryDequeue(out var answer) || answer;
}
