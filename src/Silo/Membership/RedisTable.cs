using System.Globalization;
using System.Security.Cryptography;
using KvOrleans.Grains.Membership;
using Orleans.Runtime;
using StackExchange.Redis;

namespace KvOrleans.Silo.Membership;

/// <summary>The membership table in Redis, with a random id beside it that is lost when the table is.</summary>
/// <remarks>
/// Who finds no id at its first read makes one; later on, no id means that the table is lost. The id is read before the table and behind it: when they differ, what was read may be
/// of either table. Redis' own run id tells of a restart, from which an older table may have come back.
/// </remarks>
internal sealed class RedisTable(IMembershipTable table, ConfigurationOptions options, string serviceId, string clusterId, TimeProvider time)
    : ITableSource, IAsyncDisposable
{
    private readonly RedisKey _key = $"{serviceId}/members/{clusterId}:incarnation";
    private Task<ConnectionMultiplexer>? _connecting;
    private bool _isKnown;

    public async Task<TableReading> ReadAsync(CancellationToken cancellationToken)
    {
        var redis = (await ConnectAsync().ConfigureAwait(false)).GetDatabase();
        var (before, server) = (redis.StringGetAsync(_key, CommandFlags.DemandMaster), ServerAsync(redis));
        var id = await before.ConfigureAwait(false);
        if (id.IsNull && _isKnown)
            return TableReading.Lost;
        if (id.IsNull)
        {
            // The wall clock orders tables one after another; it measures nothing.
            var made = ((ulong)time.GetUtcNow().ToUnixTimeSeconds() << 32) | (uint)RandomNumberGenerator.GetInt32(int.MaxValue);
            await redis.StringSetAsync(_key, made.ToString(CultureInfo.InvariantCulture), null, When.NotExists).ConfigureAwait(false);
            id = await redis.StringGetAsync(_key, CommandFlags.DemandMaster).ConfigureAwait(false);
        }

        var read = await table.ReadAllAsync(cancellationToken).ConfigureAwait(false);
        var (behind, after) = (redis.StringGetAsync(_key, CommandFlags.DemandMaster), ServerAsync(redis));
        if (await behind.ConfigureAwait(false) != id || !ulong.TryParse((string?)id, CultureInfo.InvariantCulture, out var incarnation) || await after.ConfigureAwait(false) != await server.ConfigureAwait(false))
            throw new OrleansException("The membership table was lost or moved while it was read.");
        _isKnown = true;
        return TableReading.Of(read, incarnation, await server.ConfigureAwait(false));
    }

    public async ValueTask DisposeAsync()
    {
        if (_connecting is { IsCompletedSuccessfully: true } connected)
            await (await connected.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
    }

    private Task<ConnectionMultiplexer> ConnectAsync()
    {
        if (_connecting is null or { IsFaulted: true } or { IsCanceled: true })
            _connecting = ConnectionMultiplexer.ConnectAsync(options);
        return _connecting;
    }

    /// <summary>The run id of the Redis that answers; empty when it does not tell, as behind some proxies.</summary>
    private static async Task<string> ServerAsync(IDatabase redis)
    {
        const string Field = "run_id:";
        try
        {
            var info = (string?)await redis.ExecuteAsync("INFO", ["server"], CommandFlags.DemandMaster).ConfigureAwait(false) ?? "";
            var line = info.Split("\r\n").FirstOrDefault(one => one.StartsWith(Field, StringComparison.Ordinal));
            return line?[Field.Length..] ?? "";
        }
        catch (RedisServerException)
        {
            return "";
        }
    }
}
