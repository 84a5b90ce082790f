"""Accounts of the on-the-job training system 在職訓練 OJT 系統帳號申請 (OA-01 … OA-23)."""
