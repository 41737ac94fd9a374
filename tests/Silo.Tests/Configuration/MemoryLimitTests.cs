using KvOrleans.Silo.Configuration;

namespace KvOrleans.Silo.Tests.Configuration;

/// <summary>The memory limit is the least that the kernel tells of, in either version of control groups.</summary>
public sealed class MemoryLimitTests : IDisposable
{
    private const long Machine = 16L << 30;

    private readonly string _root = Directory.CreateTempSubdirectory("kvorleans-").FullName;

    [Fact]
    public void Limit_WithoutGroups_IsTheMachines() => Assert.Equal(Machine, Read(""));

    [Fact]
    public void Limit_WithoutAnything_IsUnknown() => Assert.Null(MemoryLimit.Read(Path.Combine(_root, "none"), Path.Combine(_root, "none")));

    [Fact]
    public void Limit_OfAContainersOwnGroup_Counts() => Assert.Equal(4L << 30, Read("0::/", ("memory.max", "4294967296")));

    [Fact]
    public void Limit_OfAGroupAbove_Counts() =>
        Assert.Equal(1L << 30, Read("0::/pods/one", ("pods/one/memory.max", "max"), ("pods/memory.max", "1073741824"), ("memory.max", "4294967296")));

    [Fact]
    public void Limit_OfMax_IsTheMachines() => Assert.Equal(Machine, Read("0::/one", ("one/memory.max", "max")));

    [Fact]
    public void Limit_AboveTheMachine_IsTheMachines() => Assert.Equal(Machine, Read("4:memory:/", ("memory/memory.limit_in_bytes", "9223372036854771712")));

    [Fact]
    public void Limit_OfTheFirstVersion_CountsWhereTheContainerSeesItsOwnGroupAtTheRoot() =>
        Assert.Equal(2L << 30, Read("5:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc", ("memory/memory.limit_in_bytes", "2147483648"), ("memory.max", "1")));

    [Theory]
    [InlineData("4GiB", 8L << 30, true)]
    [InlineData("8GiB", 8L << 30, false)]
    [InlineData("8064MiB", 8L << 30, true)]
    [InlineData("8066MiB", 8L << 30, false)]
    [InlineData("64MiB", 128L << 20, true)]
    [InlineData("66MiB", 128L << 20, false)]
    public void Arena_MustLeaveRoomWithinTheLimit(string arena, long limit, bool isAccepted)
    {
        Assert.True(ByteSize.TryParse(arena, out var bytes));

        var errors = KvOrleansOptionsValidator.Arena(bytes, limit).ToArray();

        if (isAccepted)
            Assert.Empty(errors);
        else
            Assert.Contains($"KvOrleans:Memory:Bytes is '{bytes}'; accepted: 2MiB to ", Assert.Single(errors), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private long? Read(string groups, params (string Path, string Text)[] files)
    {
        Write("proc/meminfo", $"MemTotal:       {Machine >> 10} kB\nMemFree:        1 kB\n");
        Write("proc/self/cgroup", groups);
        foreach (var (path, text) in files)
            Write($"groups/{path}", text + "\n");
        return MemoryLimit.Read(Path.Combine(_root, "proc"), Path.Combine(_root, "groups"));
    }

    private void Write(string path, string text)
    {
        var full = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
