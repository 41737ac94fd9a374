namespace KvOrleans.Silo.Configuration;

/// <summary>An option that each silo has for itself: that silos differ in it is no sign of a mistake.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OwnOptionAttribute : Attribute;
