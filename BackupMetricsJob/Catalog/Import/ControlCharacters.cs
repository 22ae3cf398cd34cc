using System.Buffers;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>
/// pgBackRest escapes \b, \f, \n, \r, \t, quotes and backslashes in JSON strings, and prints every other byte unchanged
/// (src/common/type/json.c). With a wrong passphrase, a message contains ciphertext, and the document is not valid JSON.
/// </summary>
internal static class ControlCharacters
{
    /// <summary>A byte that never occurs in UTF-8, so that a reader of the text notices that it is invalid.</summary>
    const byte NoText = 0xFF;

    /// <summary>The document with an invalid byte in place of each control character in a string; null if there is none.</summary>
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
