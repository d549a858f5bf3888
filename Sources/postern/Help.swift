/// What `postern --help` and `postern COMMAND --help` say.
enum Help {
    static let overview = """
        Postern runs Azure Functions written in Swift.

        USAGE: postern COMMAND [OPTIONS]

        COMMANDS:
          start       Run the functions of an app
          functions   List the functions of an app and what is wrong with them
          routes      List the routes of an app, or tell which function answers a request
          schedule    Show when a schedule fires
          run         Fire a function by hand on the running host
          queues      Show what waits in the queues of the running host, and send poison messages again
          store       Look into the document store, import, export, verify, back up, restore
          settings    Check the app settings that the functions need
          keys        List the access keys

        'postern COMMAND --help' shows a command's options. Listings take --json.

        EXIT CODES:
          0   done                               69  a service or resource is not there
          1   the function that was run failed   70  our own fault
          64  the command line is wrong          78  the configuration is wrong
          65  the input data is wrong
        """

    /// The help of a command; the overview for none, or for one that does not exist.
    static func text(for command: String?) -> String { command.flatMap { commands[$0] } ?? overview }

    private static let commands = [
        "start": """
        Run the functions of an app until SIGTERM or SIGINT.

        USAGE: postern start [OPTIONS]

          --app DIR             The folder that holds host.json (the nearest one upwards from here)
          --data DIR            Where the host keeps everything (DIR/data of the app)
          --address ADDRESS     The address to listen on (127.0.0.1)
          --port N              The port to listen on, 0 for any free one (7071)
          --functions NAME…     Run only these functions
          --log console|json    How log lines look (console)
          --no-auth             Let every caller in as an admin; for local work only
        """,
        "functions": """
        List the functions of an app, and what is wrong with those that do not load.

        USAGE: postern functions [--app DIR] [--json]
        """,
        "routes": """
        List the routes of an app, or tell which function answers a request and with which route values.
        Reads the folders; needs no running host.

        USAGE: postern routes [--app DIR] [--match "GET /api/x"] [--json]

          --match REQUEST   A method and a path; --json answers {"function": name or null, "values": {…}}
        """,
        "schedule": """
        Show when a schedule fires, one RFC 3339 time a line.

        USAGE: postern schedule EXPR [OPTIONS]

          EXPR                A six-field NCRONTAB expression ('0 */5 * * * *'), a five-field one, or a TimeSpan ('00:05:00')
          --from RFC3339      Show the times after this one (now)
          --count N           How many (5)
          --time-zone IANA    The zone that the schedule means (TZ, else UTC)
          --json              {"canonical": …, "interval": …, "occurrences": […]}
        """,
        "run": """
        Fire a function by hand on the running host, wait for it and print how it ended.
        Exits with 0 only if it succeeded. The key comes from the data folder.

        USAGE: postern run NAME [OPTIONS]

          --input TEXT    A queue message's text, or an HTTP request's body; a timer ignores it
          --tenant SLUG   The tenant that a queue message belongs to
          --app DIR       The app whose data folder is meant
          --data DIR      The running host's data folder
          --port N        The running host's port (7071)
          --address A     The running host's address (127.0.0.1)
          --json          Print the outcome as JSON
        """,
        "queues": """
        Show what waits in the queues of the running host, and send messages again that could not be delivered.
        The key comes from the data folder.

        USAGE: postern queues ACTION [OPTIONS]

          list [--tenant T]                        Count the messages of each tenant's queues, up to 1000 of a kind
          messages QUEUE --tenant T                List messages; those that could not be delivered are in QUEUE-poison
          retry QUEUE-poison ID --tenant T         Put a message back into the queue it came from, with no delivery counted

          --limit N       How many tenants or messages to list (100)
          --cursor TEXT   Where the list goes on
          --app DIR       The app whose data folder is meant
          --data DIR      The running host's data folder
          --port N        The running host's port (7071)
          --address A     The running host's address (127.0.0.1)
          --json          Print the answer as JSON, payloads included
        """,
        "store": """
        Look into the document store and look after it. A host may be running on the data folder, except for restore.

        USAGE: postern store ACTION [OPTIONS]

        Reading, beside a running host:
          tenants                                  List the tenants
          collections --tenant T                   List a tenant's collections
          list --tenant T --collection C           List documents, one JSON object a line
               [--limit N] [--cursor CURSOR]
          get --tenant T --collection C ID         Print a document
          stats [T]                                Count documents and bytes of all tenants, or show one
          verify [--tenant T]                      Check checksums, sequence numbers and indexes
          backup DESTINATION [--tenant T]          Copy the documents into an empty folder outside of the data folder

        On the folder itself, or through the running host:
          export --tenant T [--collection C]       Print the documents of a collection, or of all with their collections
          import --tenant T [--collection C] FILE  Write documents, one JSON object with its id a line ('-': standard input);
               [--existing replace|skip]           without --collection the export of a whole tenant
          compact T                                Give back the room of replaced and removed documents

        On the folder of a stopped host:
          restore BACKUP [--tenant T]              Bring the tenants of a backup into a data folder that has none of them

          --app DIR      The app whose data folder is meant
          --data DIR     The data folder
          --port N       The running host's port (7071)
          --address A    The running host's address (127.0.0.1)
          --json         Print the answer as JSON
        """,
        "settings": """
        List every app setting that the functions name: set or not, Key Vault references resolved or not. Shows no values.

        USAGE: postern settings check [--app DIR] [--json]
        """,
        "keys": """
        List the access keys of an app. A key is sent as the header x-functions-key, or as ?code=.

        USAGE: postern keys list [--app DIR] [--data DIR] [--json]
        """,
    ]
}
