namespace KvOrleans.Client.News;

/// <summary>A silo's reply is not what was asked for.</summary>
internal class NewsException(string message) : Exception(message);
