using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace BackupMetricsJob.Schedule.Http;

/// <summary>
/// The users of the endpoint. A correct password is cached as a keyed hash, so that a scrape costs little. A wrong password and an unknown
/// user cost a full bcrypt computation. Only one runs at a time, so guessing passwords keeps at most one core busy.
/// </summary>
#pragma warning disable CA1001 // A SemaphoreSlim needs disposal only if its AvailableWaitHandle is used.
internal sealed class Users
#pragma warning restore CA1001
{
    const int MaxCached = 100;

    readonly IReadOnlyDictionary<string, string> _hashes;
    readonly string _nobody;
    readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    readonly ConcurrentDictionary<string, bool> _verified = new(StringComparer.Ordinal);
    readonly SemaphoreSlim _verifying = new(1);

    public Users(IReadOnlyDictionary<string, string> hashes)
    {
        _hashes = hashes;
        var cost = 4;
        foreach (var hash in hashes.Values)
            cost = Math.Max(cost, BcryptHash.Cost(hash));
        _nobody = BcryptHash.Dummy(cost);
    }

    /// <summary>Whether no authentication is required.</summary>
    public bool IsEmpty => _hashes.Count == 0;

    /// <summary>Whether the users and hashes are the same.</summary>
    public bool HasSameHashes(IReadOnlyDictionary<string, string> hashes) =>
        _hashes.Count == hashes.Count && _hashes.All(user => hashes.GetValueOrDefault(user.Key) == user.Value);

    /// <param name="authorization">The request's Authorization header.</param>
    /// <param name="cancellationToken">Cancelled when the client disconnects.</param>
    public async ValueTask<bool> AuthenticateAsync(string authorization, CancellationToken cancellationToken)
    {
        if (IsEmpty)
            return true;
        if (Credentials(authorization) is not var (user, password))
            return false;
        var isUser = _hashes.TryGetValue(user, out var hash);
        hash ??= _nobody;
        var name = Name(user, hash, password);
        if (_verified.ContainsKey(name))
            return true;
        await _verifying.WaitAsync(cancellationToken);
        try
        {
            var fits = _verified.ContainsKey(name) || BCrypt.Net.BCrypt.Verify(password, hash);
            if (!fits || !isUser)
                return false;
            if (_verified.Count >= MaxCached)
                _verified.Clear();
            _verified[name] = true;
            return true;
        }
        finally
        {
            _verifying.Release();
        }
    }

    static (string User, string Password)? Credentials(string authorization)
    {
        if (
            !AuthenticationHeaderValue.TryParse(authorization, out var header)
            || !"Basic".Equals(header.Scheme, StringComparison.OrdinalIgnoreCase)
        )
            return null;
        var bytes = new byte[header.Parameter?.Length ?? 0];
        if (!Convert.TryFromBase64String(header.Parameter ?? "", bytes, out var length))
            return null;
        var text = Encoding.UTF8.GetString(bytes, 0, length);
        return text.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? (text[..colon], text[(colon + 1)..]) : null;
    }

    string Name(string user, string hash, string password) =>
        Convert.ToHexString(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{user}\0{hash}\0{password}")));
}
