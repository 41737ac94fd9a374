using Microsoft.AspNetCore.Http.Features;

namespace KvOrleans.Silo.Http;

/// <summary>What a life serves over HTTP beside its health.</summary>
internal interface ILifePages
{
    /// <summary>Answers one request.</summary>
    Task ServeAsync(IFeatureCollection request);
}
