using KvOrleans.Client.News;

namespace KvOrleans.Client.Heat;

/// <summary>A silo's reply is no hot list.</summary>
internal sealed class HotException(string message) : NewsException(message);
