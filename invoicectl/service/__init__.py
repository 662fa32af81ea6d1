"""What invoicectl does: one public function is one verb and one transaction."""
