using BackupMetricsJob.Text;

namespace BackupMetricsJob.Tests.Text;

public class PlainTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData(" \r\n", "")]
    [InlineData("a\r\n\tb  c\n", "a b c")]
    [InlineData("a\0b\u001b[0m", "a\ufffdb\ufffd[0m")]
    [InlineData("\u202eabc", "\ufffdabc")]
    [InlineData("é \ud83d\ude00", "é \ud83d\ude00")]
    public void Anything_becomes_one_clean_line(string text, string line) => Assert.Equal(line, PlainText.OnOneLine(text));

    [Fact]
    public void A_lone_surrogate_becomes_a_replacement_character() => Assert.Equal("a\ufffdb", PlainText.OnOneLine("a\ud83db"));

    [Fact]
    public void A_long_text_is_cut_but_never_through_a_character()
    {
        Assert.Equal("abcd...", PlainText.OnOneLine("abcdef", 4));
        Assert.Equal("abcd", PlainText.OnOneLine("abcd", 4));
        Assert.Equal("abc...", PlainText.OnOneLine("abc\ud83d\ude00d", 4));
    }

    [Theory]
    [InlineData(
        "The proxy tunnel request to proxy 'http://u:s3cret@proxy:3128/' failed",
        "The proxy tunnel request to proxy 'http://***@proxy:3128/' failed"
    )]
    [InlineData("http://a:b@h https://c:d@e@i", "http://***@h https://***@i")]
    [InlineData("http://h/x mail a@b", "http://h/x mail a@b")]
    [InlineData("nothing", "nothing")]
    public void User_info_in_a_url_is_hidden(string text, string shown) => Assert.Equal(shown, PlainText.WithoutUserInfo(text));
}
