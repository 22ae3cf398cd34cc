using System.Buffers;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>
/// pgBackRest escapes \b, \f, \n, \r, \t, quotes and backslashes in JSON strings, and prints every other byte as it is
/// (src/common/type/json.c): where a passphrase is wrong, that is ciphertext in a message, and the document is no JSON.
/// </summary>
internal static class ControlCharacters
{
    /// <summary>A byte that is in no UTF-8 text: whoever needs a text sees that this is none.</summary>
    const byte NoText = 0xFF;

    /// <summary>The document with a byte that is no text for each control character in a string; null if there is none.</summary>
    public static byte[]? Mark(ReadOnlySequence<byte> json)
    {
        var marked = json.ToArray();
        var (isInString, isEscaped, any) = (false, false, false);
        for (var i = 0; i < marked.Length; i++)
        {
            var character = marked[i];
            if (!isInString)
                isInString = character == (byte)'"';
            else if (isEscaped)
                isEscaped = false;
            else if (character == (byte)'\\')
                isEscaped = true;
            else if (character == (byte)'"')
                isInString = false;
            if (!isInString || character >= ' ')
                continue;
            marked[i] = NoText;
            any = true;
        }

        return any ? marked : null;
    }
}
