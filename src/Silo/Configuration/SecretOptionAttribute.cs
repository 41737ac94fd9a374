namespace KvOrleans.Silo.Configuration;

/// <summary>An option that is or may hold a password: it is shown as set or not set, and is never compared.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecretOptionAttribute : Attribute;
