using System.Diagnostics;
using KvOrleans.Client.Hashing;

namespace KvOrleans.Client.Tests.Hashing;

public class VectorsTests
{
    public static TheoryData<string> Names => [.. HashVectors.All.Chains.Select(vector => vector.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void HashChain_Vector_GivesPythonsHashes(string name)
    {
        var vector = HashVectors.All.Chains.Single(vector => vector.Name == name);
        var hashes = new BlockHash[vector.Tokens.Length / vector.BlockTokens];

        var count = vector.Hasher().HashChain(vector.Tokens, hashes, vector.Extras());

        Assert.Equal(vector.Hashes.Length, count);
        Assert.Equal(vector.Hashes, hashes.Select(hash => hash.ToString()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Extend_VectorBlockByBlock_GivesPythonsHashes(string name)
    {
        var vector = HashVectors.All.Chains.Single(vector => vector.Name == name);
        var hasher = vector.Hasher();
        var chain = hasher.Chain([], vector.Extras());

        for (var end = 1; end <= vector.Tokens.Length; end++)
            chain = hasher.Extend(chain, vector.Tokens.AsSpan(0, end), vector.Extras());

        Assert.Equal(hasher.Chain(vector.Tokens, vector.Extras()), chain);
        Assert.Equal(
            vector.Hashes.Select(hash => $"kv:{new ModelFingerprint("model", "revision", "bfloat16", "NHD", vector.BlockTokens)}/{hash}"),
            chain.Select(key => System.Text.Encoding.UTF8.GetString(key.Span)));
    }

    [Fact]
    public void ModelFingerprint_Vectors_GivePythonsHex() =>
        Assert.All(HashVectors.All.Fingerprints, vector => Assert.Equal(vector.Hex, vector.Model().ToString()));

    [Fact]
    public async Task CommittedVectors_MadeAnew_AreTheSame()
    {
        var (exitCode, _, _) = await PythonAsync("-c", "import cbor2");
        if (exitCode != 0)
            Assert.Fail("python3 cannot import cbor2, so the vectors were not made anew; install python3-cbor2 (apt-get install python3-cbor2).");

        var (made, output, error) = await PythonAsync(HashVectors.Script);

        Assert.True(made == 0, error);
        Assert.Equal(HashVectors.Text, output);
    }

    private static async Task<(int ExitCode, string Output, string Error)> PythonAsync(params string[] arguments)
    {
        const string Debian = "/usr/bin/python3";
        var start = new ProcessStartInfo(File.Exists(Debian) ? Debian : "python3", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, output, await error);
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return (-1, "", missing.Message);
        }
    }
}
