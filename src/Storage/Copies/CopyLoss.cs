namespace KvOrleans.Storage.Copies;

/// <summary>Whether a block that had a copy may ask for another.</summary>
internal enum CopyLoss : byte
{
    /// <summary>It lost none, or asked already.</summary>
    None,

    /// <summary>Nobody else holds it any more; its next use asks for a copy.</summary>
    Lost,

    /// <summary>It was used since, and waits to be taken.</summary>
    Asking,
}
