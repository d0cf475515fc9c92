package io.github.natexd.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code natexctl completion}: prints a completion script; packages install the scripts of all three shells. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        description = "Prints the completion script for a shell.",
        footerHeading = "%nTo enable completion in the current session:%n",
        footer = {
            "  bash   source <(natexctl completion bash)",
            "  zsh    source <(natexctl completion zsh)      (after compinit)",
            "  fish   natexctl completion fish | source"
        })
final class CompletionCommand implements Callable<Integer> {
    /** The shells, spelled as on the command line. */
    enum Shell {
        bash,
        zsh,
        fish
    }

    /**
     * zsh runs bash's script through its bash emulation. When zsh autoloads the script as a function, the script must
     * also complete the current word.
     */
    private static final String ZSH = """
            #compdef %1$s
            autoload -Uz compinit bashcompinit
            (( $+functions[compdef] )) || compinit
            (( $+functions[complete] )) || bashcompinit
            (( $+functions[compopt] )) || compopt() { return 0 }
            %2$s
            if [[ ${funcstack[1]} = _%1$s ]]; then
                _bash_complete -o default -F _complete_%1$s
            fi
            """;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Parameters(paramLabel = "SHELL", description = "the shell: ${COMPLETION-CANDIDATES}")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Shell shell;

    @Override
    public Integer call() {
        CommandLine root = Natexctl.commandLine();
        String name = root.getCommandName();
        String script =
                switch (shell) {
                    case bash -> AutoComplete.bash(name, root);
                    case zsh -> ZSH.formatted(name, AutoComplete.bash(name, root));
                    case fish -> new FishCompletion(root).script();
                };
        spec.commandLine().getOut().print(script);
        spec.commandLine().getOut().flush();
        return 0;
    }
}
