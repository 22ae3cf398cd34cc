using System.Diagnostics;
using System.Text;
using BackupMetricsJob.Schedule.Http;

namespace BackupMetricsJob.Tests.Schedule;

/// <summary>The users of the endpoint.</summary>
public sealed class UsersTests
{
    static readonly Dictionary<string, string> Hashes = new()
    {
        ["scraper"] = BCrypt.Net.BCrypt.HashPassword("right:one", 4),
        ["slow"] = BCrypt.Net.BCrypt.HashPassword("pass", 12),
    };

    [Theory]
    [InlineData("Basic", "scraper:right:one", true)]
    [InlineData("basic", "scraper:right:one", true)]
    [InlineData("Basic", "scraper:right:on", false)]
    [InlineData("Basic", "scraper:", false)]
    [InlineData("Basic", "Scraper:right:one", false)]
    [InlineData("Basic", "nobody:right:one", false)]
    [InlineData("Basic", "scraper", false)]
    [InlineData("Bearer", "scraper:right:one", false)]
    public async Task Only_a_user_with_the_right_password_is_known(string scheme, string credentials, bool isKnown)
    {
        var users = new Users(Hashes);
        for (var times = 0; times < 2; times++)
            Assert.Equal(isKnown, await users.AuthenticateAsync(Header(credentials, scheme), default));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Basic")]
    [InlineData("Basic !!!")]
    [InlineData("Basic ,")]
    public async Task A_header_that_is_none_is_nobodys(string header)
    {
        Assert.False(await new Users(Hashes).AuthenticateAsync(header, default));
        Assert.True(await new Users(new Dictionary<string, string>()).AuthenticateAsync(header, default));
    }

    [Fact]
    public async Task A_right_password_is_computed_once_and_an_unknown_user_costs_as_much_as_a_wrong_password()
    {
        var users = new Users(Hashes);
        var first = await TimeAsync(users, "slow:pass");
        var again = await TimeAsync(users, "slow:pass");
        double wrong = double.MaxValue,
            unknown = double.MaxValue;
        for (var i = 0; i < 4; i++)
        {
            // The shortest of several measurements is the cost; the rest is other work on the machine.
            wrong = Math.Min(wrong, await TimeAsync(users, "slow:pas"));
            unknown = Math.Min(unknown, await TimeAsync(users, "nobody:pass"));
        }

        Assert.True(again < first / 5, $"{again} after {first}");
        Assert.InRange(unknown / wrong, 0.4, 2.5);
    }

    static async Task<double> TimeAsync(Users users, string credentials)
    {
        var start = Stopwatch.GetTimestamp();
        await users.AuthenticateAsync(Header(credentials), default);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    static string Header(string credentials, string scheme = "Basic") =>
        $"{scheme} {Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials))}";
}
