using System.Buffers;
using System.Collections.Immutable;
using System.Net.Mime;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;
using KvOrleans.Silo.Watching;
using Microsoft.Extensions.Primitives;

namespace KvOrleans.Silo.Pages;

/// <summary>
/// The console. <c>/</c>: the page. <c>/api/events</c>: the cluster, once a second, as server-sent events. <c>/api/cluster</c>: the same once, as JSON. <c>/api/explain?key=…</c>: what all silos know of keys.
/// It changes nothing. Only pages of this very door may read it.
/// </summary>
internal static class ConsoleEndpoints
{
    private const string TooMany = "too many watch this silo already; accepted are 16 at a time\n";

    private static readonly TimeSpan LongestSend = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>Adds its addresses.</summary>
    public static void MapConsole(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", ShowAsync);
        routes.MapGet("/api/events", (RequestDelegate)(context => GuardedAsync(context, StreamAsync)));
        routes.MapGet("/api/cluster", (RequestDelegate)(context => GuardedAsync(context, TellAsync)));
        routes.MapGet("/api/explain", (RequestDelegate)(context => GuardedAsync(context, ExplainAsync)));
    }

    private static Task ShowAsync(HttpContext context)
    {
        Head(context.Response, MediaTypeNames.Text.Html + "; charset=utf-8");
        context.Response.Headers.ContentSecurityPolicy = ConsolePage.Policy;
        context.Response.ContentLength = ConsolePage.Content.Length;
        return context.Response.Body.WriteAsync(ConsolePage.Content, context.RequestAborted).AsTask();
    }

    /// <summary>A page from elsewhere could not read the answers, but could use up the places.</summary>
    private static Task GuardedAsync(HttpContext context, Func<HttpContext, Task> answer) => context.Request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin" or "none"
        ? answer(context)
        : RefuseAsync(context, StatusCodes.Status403Forbidden, "only the console's own page may ask\n");

    private static async Task StreamAsync(HttpContext context)
    {
        var watch = context.RequestServices.GetRequiredService<ClusterWatch>();
        var stopping = context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        if (!watch.TryJoin())
        {
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, TooMany);
            return;
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            Head(context.Response, MediaTypeNames.Text.EventStream);
            for (long shown = 0; ;)
            {
                var frame = await watch.NextAsync(shown, either.Token);
                await SendAsync(context, frame.Number == shown + 1 && shown > 0 ? frame.News : frame.Whole!, either.Token);
                shown = frame.Number;
            }
        }
        catch (OperationCanceledException)
        {
            // Who watched has left, takes nothing any more, or this life of the silo ends.
            context.Abort();
        }
        finally
        {
            watch.Leave();
        }
    }

    private static async Task SendAsync(HttpContext context, byte[] json, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(LongestSend);
        var output = context.Response.BodyWriter;
        output.Write("data: "u8);
        output.Write(json);
        output.Write("\n\n"u8);
        await output.FlushAsync(deadline.Token);
    }

    private static async Task TellAsync(HttpContext context)
    {
        var watch = context.RequestServices.GetRequiredService<ClusterWatch>();
        if (!watch.TryJoin())
        {
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, TooMany);
            return;
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        deadline.CancelAfter(LongestWait);
        try
        {
            var frame = await watch.NextAsync(0, deadline.Token);
            Head(context.Response, MediaTypeNames.Application.Json);
            await context.Response.Body.WriteAsync(frame.Whole!, deadline.Token);
        }
        finally
        {
            watch.Leave();
        }
    }

    private static async Task ExplainAsync(HttpContext context)
    {
        ImmutableArray<BlockKey> keys;
        try
        {
            keys = KeysOf(context.Request.Query["key"]);
        }
        catch (FormatException error)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, $"{error.Message}\n");
            return;
        }

        var answers = await context.RequestServices.GetRequiredService<ClusterExplainer>().ExplainAsync(keys);
        if (answers is null)
        {
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "too many questions at once; try again\n");
            return;
        }

        Head(context.Response, MediaTypeNames.Application.Json);
        await context.Response.Body.WriteAsync(ExplanationWriter.Write(keys, answers), context.RequestAborted);
    }

    private static ImmutableArray<BlockKey> KeysOf(StringValues texts)
    {
        if (texts.Count is < 1 or > ISiloPeer.MostExplainedKeys)
            throw new FormatException($"the query has {texts.Count} keys; accepted are 1 to {ISiloPeer.MostExplainedKeys}, as key=… again and again, each as text or hex: and its bytes");
        var keys = ImmutableArray.CreateBuilder<BlockKey>(texts.Count);
        for (var i = 0; i < texts.Count; i++)
        {
            try
            {
                keys.Add(KeyNotation.Parse(texts[i] ?? ""));
            }
            catch (FormatException error)
            {
                throw new FormatException($"key {i + 1}: {error.Message}", error);
            }
        }

        return keys.MoveToImmutable();
    }

    private static void Head(HttpResponse response, string contentType)
    {
        response.ContentType = contentType;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }

    private static Task RefuseAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        Head(context.Response, MediaTypeNames.Text.Plain + "; charset=utf-8");
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
