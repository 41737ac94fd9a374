namespace KvOrleans.Contracts.Errors;

/// <summary>The cache could not do what it was asked. A caller may always treat it as a miss.</summary>
public class CacheException : Exception
{
    /// <summary>Makes the error.</summary>
    public CacheException(string message, Exception? cause = null) : base(message, cause)
    {
    }
}
