#compdef invoicectl
# Completion of invoicectl for zsh: put this into ~/.zshrc, behind compinit
#   eval "$(invoicectl completion zsh)"
_invoicectl() {
    local line
    local -a values notes
    while IFS= read -r line; do
        values+=("${line%%$'\t'*}")
        notes+=("${line//$'\t'/  }")
    done < <("${(@Q)words[1]}" __complete zsh "${(@Q)words[2,CURRENT]}" 2>/dev/null)
    if [[ $values[1] == :files ]]; then
        _files
        return
    fi
    (($#values)) && compadd -M 'm:{a-zA-Z}={A-Za-z}' -V books -l -d notes -a values
}
compdef _invoicectl invoicectl
