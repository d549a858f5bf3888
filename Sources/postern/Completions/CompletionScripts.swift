/// What a shell runs to complete `postern`: each script asks the program itself.
///
/// The program answers with one candidate a line, a tab, and what it is; `:files` and `:folders` leave the paths to the shell.
enum CompletionScripts {
    static let bash = #"""
        # Completes postern in bash: source <(postern completions bash)
        _postern() {
            local line current="${COMP_WORDS[COMP_CWORD]}"
            COMPREPLY=()
            while IFS= read -r line; do
                case $line in
                    :files)
                        compopt -o filenames 2>/dev/null
                        mapfile -t COMPREPLY < <(compgen -f -- "$current")
                        ;;
                    :folders)
                        compopt -o filenames 2>/dev/null
                        mapfile -t COMPREPLY < <(compgen -d -- "$current")
                        ;;
                    *) COMPREPLY+=("${line%%$'\t'*}") ;;
                esac
            done < <("${COMP_WORDS[0]}" completions words -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
        }
        complete -F _postern postern
        """#

    static let zsh = #"""
        #compdef postern
        # Completes postern in zsh: source <(postern completions zsh), or save it as _postern in a folder of $fpath.
        _postern() {
            local line
            local -a candidates
            for line in "${(@f)$("${words[1]}" completions words -- "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
                case $line in
                    :files) _files; return ;;
                    :folders) _files -/; return ;;
                    ?*) candidates+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}") ;;
                esac
            done
            _describe postern candidates
        }
        if [[ ${funcstack[1]} == _postern ]]; then _postern "$@"; else compdef _postern postern; fi
        """#

    static let fish = #"""
        # Completes postern in fish: postern completions fish | source
        function __postern_complete
            set -l before (commandline -opc)
            set -l current (commandline -ct)
            for line in ($before[1] completions words -- $before[2..] "$current" 2>/dev/null)
                switch $line
                    case ':files'
                        __fish_complete_path "$current"
                    case ':folders'
                        __fish_complete_directories "$current"
                    case '*'
                        printf '%s\n' $line
                end
            end
        end
        complete -c postern -f -a '(__postern_complete)'
        """#
}
