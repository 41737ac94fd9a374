using System.ComponentModel;
using System.Globalization;

namespace KvOrleans.Silo.Configuration;

/// <summary>Lets configuration hold a <see cref="ByteSize"/>.</summary>
public sealed class ByteSizeConverter : TypeConverter
{
    /// <inheritdoc/>
    public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) => sourceType == typeof(string);

    /// <inheritdoc/>
    public override object ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
        ByteSize.TryParse(value as string, out var size) ? size : throw new FormatException($"accepted: {ByteSize.Accepted}");
}
