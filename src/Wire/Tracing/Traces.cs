using System.Diagnostics;
using System.Text;

namespace KvOrleans.Wire.Tracing;

/// <summary>Traces across the data plane: which activity a command belongs to is told in front of it, in W3C's form.</summary>
/// <remarks>
/// <c>KV.TRACE</c> with an argument has no reply, so that nobody who reads replies has to know of it. Therefore it is only sent where the other side has said on that connection that it knows it:
/// who opens a connection asks, when somebody listens to <see cref="Source"/>. Where nobody does, nothing is asked, sent or allocated.
/// </remarks>
public static class Traces
{
    /// <summary>The name of <see cref="Source"/>.</summary>
    public const string SourceName = "KvOrleans";

    /// <summary>Bytes of a <c>traceparent</c>.</summary>
    private const int IdLength = 55;

    /// <summary>The activities of clients, of silos' commands, and of what silos ask of each other.</summary>
    public static ActivitySource Source { get; } = new(SourceName);

    /// <summary>The activity of the caller, when it is recorded; null: there is nothing to tell.</summary>
    public static string? CurrentId => Activity.Current is { Recorded: true, IdFormat: ActivityIdFormat.W3C } current ? current.Id : null;

    /// <summary>Begins an activity under the caller's, when that is recorded.</summary>
    public static Activity? BeginChild(string name) =>
        Activity.Current is { Recorded: true } ? Source.StartActivity(name, ActivityKind.Client) : null;

    /// <summary>Asks whether the other side takes traces. It answers with a line.</summary>
    public static void WriteQuestion(RespOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.WriteArrayHeader(1);
        output.WriteBulk("KV.TRACE"u8);
    }

    /// <summary>Tells what the next command belongs to; nothing when <paramref name="id"/> is null or the other side does not take it.</summary>
    public static void Write(RespOutput output, string? id)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (id is null || !output.TakesTraces)
            return;
        output.WriteArrayHeader(2);
        output.WriteBulk("KV.TRACE"u8);
        output.WriteBulk(id);
    }

    /// <summary>Reads a <c>traceparent</c> of version 00.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out ActivityContext context)
    {
        context = default;
        return text.Length == IdLength && text.StartsWith("00-"u8) && ActivityContext.TryParse(Encoding.Latin1.GetString(text), null, isRemote: true, out context);
    }
}
