"""What is true of receivables: plain values in, plain values out, nothing read or written."""
