# Completion of invoicectl for fish: keep this in ~/.config/fish/completions
#   invoicectl completion fish > ~/.config/fish/completions/invoicectl.fish
function __invoicectl
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l found ($before[1] __complete fish $before[2..-1] "$current" 2>/dev/null)
    if test "$found[1]" = :files
        __fish_complete_path "$current"
    else if test (count $found) -gt 0
        printf '%s\n' $found
    end
end
complete -c invoicectl -f -k -a '(__invoicectl)'
