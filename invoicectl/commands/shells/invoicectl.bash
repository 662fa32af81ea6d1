# Completion of invoicectl for bash: put this into ~/.bashrc
#   eval "$(invoicectl completion bash)"
_invoicectl() {
    local value note
    local -a values=() notes=()
    while IFS=$'\t' read -r value note; do
        values+=("$value")
        notes+=("$note")
    done < <("$1" __complete bash "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
    COMPREPLY=()
    if [[ ${values[0]} == :files ]]; then
        compopt -o default
        return
    fi
    # a list shows the notes; a single match, or one that is typed over, must be the value alone
    if ((${#values[@]} == 1)) || ((COMP_TYPE == 37 || COMP_TYPE == 42)); then
        COMPREPLY=("${values[@]}")
        return
    fi
    compopt -o nosort 2>/dev/null
    local at
    for at in "${!values[@]}"; do
        COMPREPLY+=("${values[at]}${notes[at]:+  (${notes[at]})}")
    done
}
complete -F _invoicectl invoicectl
