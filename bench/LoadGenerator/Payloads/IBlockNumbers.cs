namespace KvOrleans.LoadGenerator.Payloads;

/// <summary>The order in which a connection visits blocks.</summary>
internal interface IBlockNumbers
{
    /// <summary>The next block's number, from 0.</summary>
    long Next();
}
