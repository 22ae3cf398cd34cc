using BackupMetricsJob.Cli;

namespace BackupMetricsJob.Tests.Cli;

public class ParseErrorsTests
{
    [Theory]
    [InlineData("Unrecognized command or argument 'extra'.", "Unrecognized command or argument 'extra'.")]
    [InlineData("Unrecognized command or argument '--conection'.", "Unrecognized command or argument '--conection'.")]
    [InlineData("Unrecognized command or argument 'postgresql://u:s3cret@db/x'.", "Unrecognized command or argument '***'.")]
    [InlineData("Unrecognized command or argument '--conection=postgresql://u:s3cret@db/x'.", "Unrecognized command or argument '--conection***'.")]
    [InlineData("Unrecognized command or argument 'password=s3c'ret'.", "Unrecognized command or argument '***'.")]
    [InlineData("Required argument missing for option: '--job'.", "Required argument missing for option: '--job'.")]
    [InlineData("No quotation mark", "No quotation mark")]
    public void What_may_be_a_password_is_not_repeated(string said, string told) => Assert.Equal(told, ParseErrors.Redacted(said));
}
