namespace KvOrleans.Client.Reading;

/// <summary>Is told that a reply begins, before anything of it is taken.</summary>
internal interface IFirstByte
{
    /// <summary>The first line of a reply has come. <paramref name="isBlock"/>: a block follows it.</summary>
    /// <returns>False when the reply is not wanted any more: another silo's has begun, and the caller's memory is that one's.</returns>
    bool Arrived(bool isBlock);
}
