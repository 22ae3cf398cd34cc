namespace BackupMetricsJob.Configuration;

/// <summary>Who the operating system says we are: the user of a connection that names none.</summary>
internal static class LocalUser
{
    /// <summary>Empty for a user by number, who has no name, and null where there is no list of users at all.</summary>
    public static string? Name
    {
        get
        {
            try
            {
                return Environment.UserName;
            }
            catch (IOException)
            {
                return null;
            }
        }
    }
}
