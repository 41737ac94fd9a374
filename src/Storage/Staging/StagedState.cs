namespace KvOrleans.Storage.Staging;

internal enum StagedState
{
    /// <summary>The pages belong to the staged block.</summary>
    Owned,

    /// <summary>The pages belong to the index.</summary>
    Published,

    /// <summary>The pages were given back.</summary>
    Abandoned,
}
